"""A MariaDB schema with every type and every kind of constraint, one statement after the other."""

TYPES = """
CREATE TABLE every_type (
 c_tinyint tinyint, c_utinyint tinyint unsigned, c_bool boolean, c_smallint smallint,
 c_usmallint smallint unsigned, c_mediumint mediumint, c_int int, c_uint int unsigned,
 c_zerofill int(6) zerofill, c_bigint bigint, c_ubigint bigint unsigned, c_decimal decimal(10,2),
 c_decimal1 decimal(1), c_decimal0 decimal(2,2), c_udecimal decimal(6,3) unsigned, c_float float,
 c_float_p float(7,4), c_double double, c_double_p double(8,3), c_bit bit, c_bit8 bit(8),
 c_bit64 bit(64), c_char char(5), c_char1 char, c_varchar varchar(40), c_tinytext tinytext,
 c_text text, c_mediumtext mediumtext, c_longtext longtext,
 c_latin varchar(20) CHARACTER SET latin1, c_ascii varchar(20) CHARACTER SET ascii,
 c_binary binary(4), c_varbinary varbinary(30), c_tinyblob tinyblob, c_blob blob,
 c_mediumblob mediumblob, c_longblob longblob, c_date date, c_datetime datetime,
 c_datetime6 datetime(6), c_timestamp timestamp NULL, c_timestamp3 timestamp(3) NULL, c_time time,
 c_time6 time(6), c_year year, c_enum enum('red', 'it''s', 'blue (dark)'),
 c_set set('a', 'b', 'c'), c_json json, c_point point, c_geometry geometry,
 c_linestring linestring, c_polygon polygon, c_multipoint multipoint,
 c_multilinestring multilinestring, c_multipolygon multipolygon,
 c_collection geometrycollection,
 c_virtual int GENERATED ALWAYS AS (c_tinyint * 2) VIRTUAL,
 c_stored int GENERATED ALWAYS AS (c_smallint + 1) STORED
);
"""

MARIADB_TYPES = """
CREATE TABLE mariadb_types (c_uuid uuid, c_inet6 inet6 NOT NULL, c_inet4 inet4,
 c_hidden int INVISIBLE, c_long long, c_nvarchar nvarchar(10));
CREATE TABLE versioned (id int PRIMARY KEY, name varchar(10)) WITH SYSTEM VERSIONING;
CREATE SEQUENCE numbers;
CREATE TABLE from_sequence (id int NOT NULL DEFAULT nextval(numbers) PRIMARY KEY, name text);
"""

ITSELF_TYPES = """
CREATE TABLE mysql_types (c_vector vector(3), c_vectors vector NOT NULL, c_hidden int INVISIBLE,
 c_place point NOT NULL SRID 4326,
 c_computed point AS (ST_SRID(POINT(c_hidden, 1), 4326)) STORED SRID 4326);
"""

CONSTRAINTS = """
CREATE TABLE identities (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
CREATE TABLE defaults_only (id int AUTO_INCREMENT PRIMARY KEY);
CREATE TABLE serials (id bigint unsigned AUTO_INCREMENT PRIMARY KEY,
 identity_id int NOT NULL UNIQUE,
 FOREIGN KEY (identity_id) REFERENCES identities (id));
CREATE TABLE shared_key (id bigint unsigned PRIMARY KEY, note text,
 FOREIGN KEY (id) REFERENCES serials (id));
CREATE TABLE members (serial_id bigint unsigned, identity_id int, PRIMARY KEY (serial_id,
 identity_id),
 FOREIGN KEY (serial_id) REFERENCES serials (id),
 FOREIGN KEY (identity_id) REFERENCES identities (id));
CREATE TABLE flags (a boolean, b boolean NOT NULL, c boolean NOT NULL, UNIQUE (b, c));
CREATE TABLE tenants (id binary(16) PRIMARY KEY);
CREATE TABLE tenant_users (tenant_id binary(16), id int, email varchar(100) NOT NULL UNIQUE,
 PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id) REFERENCES tenants (id));
CREATE TABLE tenant_posts (id int PRIMARY KEY, tenant_id binary(16) NOT NULL, user_id int,
 FOREIGN KEY (tenant_id) REFERENCES tenants (id),
 FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_users (tenant_id, id));
CREATE TABLE prefixes (body varchar(200) NOT NULL, UNIQUE (body(6)));
CREATE TABLE enum_key (kind enum('a', 'b', 'c') PRIMARY KEY);
CREATE TABLE enum_child (id int PRIMARY KEY, kind enum('a', 'b', 'c') NOT NULL,
 FOREIGN KEY (kind) REFERENCES enum_key (kind));
CREATE TABLE checks (
 id int PRIMARY KEY CHECK (id > 100),
 status varchar(10) NOT NULL CHECK (status IN ('new', 'open', 'done')),
 amount decimal(6,2) CHECK (amount BETWEEN 5 AND 9),
 code char(3) CHECK (code REGEXP '^[A-Z]{3}$'),
 pin varchar(20) CHECK (length(pin) = 4),
 mail varchar(50) CHECK (mail LIKE '%@%.%'),
 starts date NOT NULL, ends date NOT NULL, CHECK (ends > starts),
 low int, high int, CHECK (low < high),
 a int, b int, CHECK ((a IS NULL) + (b IS NULL) = 1),
 doc json CHECK (json_type(doc) = 'ARRAY'),
 shape varchar(20) NOT NULL, radius int, width int,
 CHECK ((shape = 'circle' AND radius IS NOT NULL AND width IS NULL)
  OR (shape = 'square' AND radius IS NULL AND width IS NOT NULL)),
 quoted varchar(20) CHECK (quoted = 'it''s')
);
CREATE TABLE ranged (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (YEAR(at)) (
 PARTITION p0 VALUES LESS THAN (2001), PARTITION p1 VALUES LESS THAN (2010));
CREATE TABLE listed (id int PRIMARY KEY) PARTITION BY LIST (id) (
 PARTITION p0 VALUES IN (1, 3, 5), PARTITION p1 VALUES IN (7, 9));
CREATE TABLE columned (name varchar(10)) PARTITION BY RANGE COLUMNS (name) (
 PARTITION p0 VALUES LESS THAN ('c'), PARTITION p1 VALUES LESS THAN ('d'));
CREATE TABLE hashed (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
CREATE TABLE `odd ``name` (`odd ``column` varchar(3) CHECK (`odd ``column` IN ('x', 'y')),
 `select` int);
CREATE VIEW seen AS SELECT id FROM checks;
"""

CYCLES = """
CREATE TABLE employees (id int AUTO_INCREMENT PRIMARY KEY, manager_id int, name text NOT NULL,
 FOREIGN KEY (manager_id) REFERENCES employees (id));
CREATE TABLE people (id int AUTO_INCREMENT PRIMARY KEY, team_id int);
CREATE TABLE teams (id int AUTO_INCREMENT PRIMARY KEY, lead_id int NOT NULL,
 FOREIGN KEY (lead_id) REFERENCES people (id));
ALTER TABLE people ADD FOREIGN KEY (team_id) REFERENCES teams (id);
CREATE TABLE loops (id int AUTO_INCREMENT PRIMARY KEY, next_id int NOT NULL,
 FOREIGN KEY (next_id) REFERENCES loops (id));
"""

UNFILLABLE = """
CREATE TABLE hens (id int PRIMARY KEY, egg_id int NOT NULL);
CREATE TABLE eggs (id int PRIMARY KEY, hen_id int NOT NULL, FOREIGN KEY (hen_id)
 REFERENCES hens (id));
ALTER TABLE hens ADD FOREIGN KEY (egg_id) REFERENCES eggs (id);
CREATE TABLE impossible (id int NOT NULL UNIQUE CHECK (id > 5 AND id < 5));
CREATE TABLE child_of_impossible (impossible_id int NOT NULL,
 FOREIGN KEY (impossible_id) REFERENCES impossible (id));
CREATE TABLE guarded (id int NOT NULL);
CREATE TRIGGER guard BEFORE INSERT ON guarded FOR EACH ROW
 SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no entry here';
"""
