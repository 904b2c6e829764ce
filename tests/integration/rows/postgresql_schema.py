"""A PostgreSQL schema with every type and every kind of constraint."""

EXTENSIONS = ("hstore", "citext", "ltree", "btree_gist", "cube", "seg", "isn")

TYPES = """
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TYPE "Odd Type" AS ENUM ('it''s', 'a "label"', 'back\\slash');
CREATE TYPE address AS (street varchar(20), number int, colours colour[]);
CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE DOMAIN email_address AS text CHECK (VALUE ~ '^[^@ ]+@[^@ ]+\\.[a-z]{2,}$');
CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN small_positive AS positive CHECK (VALUE < 10);
CREATE DOMAIN postal_code AS varchar(10) CHECK (VALUE ~ '^\\d{5}(-\\d{4})?$');
CREATE TABLE every_type (
 c_smallint smallint, c_integer integer, c_bigint bigint, c_numeric numeric,
 c_numeric_p numeric(10,2), c_numeric_s numeric(3,3), c_numeric_i numeric(1), c_real real,
 c_double double precision,
 c_money money, c_boolean boolean, c_char char(5), c_char1 char, c_varchar varchar(40),
 c_varchar1 varchar(1), c_text text, c_name name, c_qchar "char", c_bytea bytea,
 c_timestamp timestamp, c_timestamp0 timestamp(0), c_timestamptz timestamptz(3), c_date date,
 c_time time, c_timetz timetz, c_interval interval, c_interval_d interval day to second(3),
 c_point point, c_line line, c_lseg lseg, c_box box, c_path path, c_polygon polygon,
 c_circle circle, c_inet inet, c_cidr cidr, c_macaddr macaddr, c_macaddr8 macaddr8,
 c_bit bit(3), c_bit1 bit, c_varbit varbit(7), c_varbit_any varbit, c_tsvector tsvector,
 c_tsquery tsquery,
 c_uuid uuid, c_xml xml, c_json json, c_jsonb jsonb, c_jsonpath jsonpath, c_pg_lsn pg_lsn,
 c_oid oid, c_xid xid, c_cid cid, c_tid tid,
 c_regclass regclass, c_regtype regtype, c_txid txid_snapshot, c_int2vector int2vector,
 c_int4range int4range, c_int8range int8range, c_numrange numrange, c_tsrange tsrange,
 c_tstzrange tstzrange, c_daterange daterange, c_int4multirange int4multirange,
 c_datemultirange datemultirange, c_floats floats, c_int_array integer[], c_text_array text[],
 c_varchar_array varchar(3)[], c_matrix integer[][], c_json_array jsonb[], c_time_array timestamp[],
 c_enum colour, c_odd "Odd Type", c_enum_array colour[], c_composite address,
 c_composite_array address[], c_email email_address, c_positive positive, c_small small_positive,
 c_postal postal_code, c_hstore hstore, c_citext citext, c_ltree ltree, c_lquery lquery,
 c_cube cube,
 c_seg seg,
 c_generated integer GENERATED ALWAYS AS (c_integer * 2) STORED
);
"""

CONSTRAINTS = """
CREATE TABLE identities (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
 name varchar(20) NOT NULL);
CREATE TABLE defaults_only (id serial PRIMARY KEY);
CREATE TABLE serials (id bigserial PRIMARY KEY, identity_id int NOT NULL
 REFERENCES identities UNIQUE);
CREATE TABLE shared_key (id bigint PRIMARY KEY REFERENCES serials, note text);
CREATE TABLE members (serial_id bigint REFERENCES serials, identity_id int REFERENCES identities,
 PRIMARY KEY (serial_id, identity_id));
CREATE TABLE flags (a boolean, b boolean NOT NULL, c boolean NOT NULL, UNIQUE (b, c));
CREATE TABLE tenants (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE tenant_users (tenant_id uuid REFERENCES tenants, id int, email text NOT NULL,
 PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX ON tenant_users (lower(email));
CREATE TABLE tenant_posts (id int PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES tenants,
 user_id int,
 FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id));
CREATE TABLE partial_unique (id serial PRIMARY KEY, current boolean NOT NULL, label text NOT NULL);
CREATE UNIQUE INDEX ON partial_unique (current) WHERE current;
CREATE TABLE bookings (room int NOT NULL, during tstzrange NOT NULL,
 EXCLUDE USING gist (room WITH =, during WITH &&));
CREATE TABLE seasons (during daterange NOT NULL, EXCLUDE USING gist (during WITH &&));
CREATE TABLE checks (
 id int PRIMARY KEY CHECK (id > 100), status varchar(10) NOT NULL CHECK (status IN ('new', 'open',
 'done')),
 kind text CHECK (kind = ANY (ARRAY['a'::text, 'b'::text])), amount numeric(6,2)
 CHECK (amount BETWEEN 5 AND 9),
 code char(3) CHECK (code ~ '^[A-Z]{3}$'), sku text CHECK (sku ~ '^[A-Z]{2}-\\d{4}(/[a-f0-9]+)?$'),
 slug text CHECK (slug ~* '^[a-z0-9]+(-[a-z0-9]+)*$'), pin text CHECK (length(pin) = 4
 AND pin ~ '^\\d+$'),
 long text CHECK (char_length(long) >= 40), mail text CHECK (mail LIKE '%@%.%'),
 starts date NOT NULL, ends date NOT NULL CHECK (ends > starts), low int, high int,
 CHECK (low < high),
 percent real CHECK (percent >= 0 AND percent <= 1), latitude float8
 CHECK (latitude BETWEEN -90 AND -80),
 a int, b int, CHECK (num_nonnulls(a, b) = 1), doc jsonb CHECK (jsonb_typeof(doc) = 'array'),
 config jsonb CHECK (config ? 'version' AND config ? 'name'), tags text[]
 CHECK (cardinality(tags) = 3),
 roles text[] CHECK (roles <@ ARRAY['admin','user']), later timestamptz
 CHECK (later > '2090-01-01'),
 shape text NOT NULL, radius int, width int, height int,
 CHECK ((shape = 'circle' AND radius IS NOT NULL AND width IS NULL AND height IS NULL)
  OR (shape = 'rectangle' AND radius IS NULL AND width IS NOT NULL AND height IS NOT NULL)),
 doubled int GENERATED ALWAYS AS (a * 2) STORED CHECK (doubled > 50),
 upper_only text CHECK (upper_only = upper(upper_only)), even int CHECK (even % 2 = 0)
);
CREATE TABLE singleton (id boolean PRIMARY KEY DEFAULT true CHECK (id), name text);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, PRIMARY KEY (id,
 at)) PARTITION BY RANGE (at);
CREATE TABLE events_2019 PARTITION OF events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE TABLE readings (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, PRIMARY KEY (id,
 at)) PARTITION BY RANGE (at);
CREATE TABLE readings_2019 PARTITION OF readings FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE readings_attached (id bigint NOT NULL, at date NOT NULL);
ALTER TABLE readings ATTACH PARTITION readings_attached DEFAULT;
CREATE TABLE regions (id serial, region text NOT NULL, n int NOT NULL) PARTITION BY LIST (region);
CREATE TABLE regions_eu PARTITION OF regions FOR VALUES IN ('de', 'fr');
CREATE TABLE regions_us PARTITION OF regions FOR VALUES IN ('us') PARTITION BY HASH (n);
CREATE TABLE regions_us_0 PARTITION OF regions_us FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE regions_us_1 PARTITION OF regions_us FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE event_notes (event_id bigint, event_at date, FOREIGN KEY (event_id,
 event_at) REFERENCES events, note text);
CREATE TABLE base_things (id serial PRIMARY KEY, name text);
CREATE TABLE derived_things (extra int) INHERITS (base_things);
CREATE SCHEMA "Other Schema";
CREATE TABLE "Other Schema"."Odd ""Table.x" ("Odd ""Column" text NOT NULL
 CHECK ("Odd ""Column" IN ('x', 'y', 'z')), "select" int);
"""

CYCLES = """
CREATE TABLE employees (id serial PRIMARY KEY, manager_id int REFERENCES employees,
 name text NOT NULL);
CREATE TABLE teams (id serial PRIMARY KEY, lead_id int NOT NULL);
CREATE TABLE people (id serial PRIMARY KEY, team_id int REFERENCES teams);
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES people;
CREATE TABLE hens (id serial PRIMARY KEY, egg_id int NOT NULL, name text NOT NULL UNIQUE);
CREATE TABLE eggs (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hen_id int NOT NULL
 REFERENCES hens);
ALTER TABLE hens ADD FOREIGN KEY (egg_id) REFERENCES eggs DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE loops (id uuid PRIMARY KEY, next_id uuid NOT NULL REFERENCES loops);
CREATE TABLE left_half (id int PRIMARY KEY, other text NOT NULL);
CREATE TABLE right_half (id int UNIQUE NOT NULL REFERENCES left_half, name text PRIMARY KEY);
ALTER TABLE left_half ADD FOREIGN KEY (other) REFERENCES right_half;
"""

UNFILLABLE = """
CREATE TABLE impossible (id int NOT NULL CHECK (id > 5 AND id < 5));
CREATE TABLE child_of_impossible (impossible_id int NOT NULL);
CREATE TABLE unsolved (digest text NOT NULL
 CHECK (md5(digest) = 'd41d8cd98f00b204e9800998ecf8427f' AND digest <> ''));
CREATE TABLE partitioned_nowhere (id int) PARTITION BY LIST (id);
CREATE TABLE guarded (id int NOT NULL);
CREATE FUNCTION no_entry() RETURNS trigger
 LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no entry here'; END$$;
CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW EXECUTE FUNCTION no_entry();
CREATE TABLE swallowed (id int NOT NULL);
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE TRIGGER swallow BEFORE INSERT ON swallowed FOR EACH ROW EXECUTE FUNCTION swallow();
ALTER TABLE impossible ADD UNIQUE (id);
ALTER TABLE child_of_impossible ADD FOREIGN KEY (impossible_id) REFERENCES impossible (id);
"""
