"""A SQLite schema with every affinity and every kind of constraint."""

TYPES = """
CREATE TABLE every_type (
 c_integer INTEGER, c_int INT, c_smallint SMALLINT, c_bigint BIGINT, c_text TEXT,
 c_varchar VARCHAR(40), c_varchar1 VARCHAR(1), c_char CHAR(32), c_clob CLOB, c_blob BLOB,
 c_real REAL,
 c_float FLOAT, c_double DOUBLE PRECISION, c_numeric NUMERIC, c_numeric_p NUMERIC(10, 2),
 c_decimal DECIMAL(5, 5), c_boolean BOOLEAN, c_date DATE, c_datetime DATETIME,
 c_timestamp TIMESTAMP, c_time TIME, c_json JSON, c_uuid UUID, c_none, c_odd FLOATING POINT,
 c_virtual INTEGER GENERATED ALWAYS AS (c_smallint * 2) VIRTUAL,
 c_stored TEXT AS (c_varchar || '!') STORED
);
"""

STRICT_TYPES = """
CREATE TABLE strict_types (id INTEGER PRIMARY KEY, c_int INT NOT NULL, c_real REAL, c_text TEXT,
 c_blob BLOB, c_any ANY) STRICT;
"""

CONSTRAINTS = """
CREATE TABLE identities (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL);
CREATE TABLE defaults_only (id INTEGER PRIMARY KEY);
CREATE TABLE serials (id INTEGER PRIMARY KEY, identity_id INT NOT NULL UNIQUE
 REFERENCES Identities);
CREATE TABLE shared_key (id INTEGER PRIMARY KEY REFERENCES serials, note TEXT);
CREATE TABLE members (serial_id INT REFERENCES serials, identity_id INT REFERENCES identities (id),
 PRIMARY KEY (serial_id, identity_id)) WITHOUT ROWID;
CREATE TABLE flags (a BOOLEAN, b BOOLEAN NOT NULL CHECK (b IN (0, 1)), c BOOLEAN NOT NULL,
 UNIQUE (b, c));
CREATE TABLE text_key (code VARCHAR(3) PRIMARY KEY COLLATE NOCASE);
CREATE TABLE text_child (id INTEGER PRIMARY KEY, code VARCHAR(3) NOT NULL REFERENCES text_key);
CREATE TABLE partial_unique (id INTEGER PRIMARY KEY, current BOOLEAN NOT NULL);
CREATE UNIQUE INDEX only_one ON partial_unique (current) WHERE current = 1;
CREATE TABLE expression_unique (email TEXT NOT NULL);
CREATE UNIQUE INDEX lower_email ON expression_unique (lower(email));
CREATE TABLE checks (
 id INTEGER PRIMARY KEY, status VARCHAR(10) NOT NULL CHECK (status IN ('new', 'open', 'done')),
 amount NUMERIC(6, 2) CHECK (amount BETWEEN 5 AND 9), pin TEXT CHECK (length(pin) = 4),
 code TEXT CHECK (code GLOB '[A-Z][A-Z][0-9]'), mail TEXT CHECK (mail LIKE '%@%.%'),
 kind TEXT CHECK (typeof(kind) = 'text'), doc JSON CHECK (json_valid(doc)),
 starts DATE NOT NULL, ends DATE NOT NULL, low INT, high INT, a INT, b INT,
 shape TEXT NOT NULL, radius INT, width INT,
 doubled INT AS (a * 2) CHECK (doubled > 50),
 CHECK (ends > starts), CHECK (low < high), CHECK ((a IS NULL) + (b IS NULL) = 1),
 CONSTRAINT shapes CHECK ((shape = 'circle' AND radius IS NOT NULL AND width IS NULL)
  OR (shape = 'square' AND radius IS NULL AND width IS NOT NULL))
);
CREATE TABLE [odd "name] ("odd ""column" TEXT CHECK ("odd ""column" IN ('x', 'y')), `select` INT);
CREATE VIEW seen AS SELECT id FROM checks;
"""

CYCLES = """
CREATE TABLE employees (id INTEGER PRIMARY KEY, manager_id INT REFERENCES employees,
 name TEXT NOT NULL);
CREATE TABLE people (id INTEGER PRIMARY KEY, team_id INT REFERENCES teams);
CREATE TABLE teams (id INTEGER PRIMARY KEY, lead_id INT NOT NULL REFERENCES people);
CREATE TABLE hens (id INTEGER PRIMARY KEY, egg_id INT NOT NULL REFERENCES eggs, name TEXT UNIQUE);
CREATE TABLE eggs (id INTEGER PRIMARY KEY AUTOINCREMENT, hen_id INT NOT NULL REFERENCES hens);
CREATE TABLE loops (id TEXT PRIMARY KEY, next_id TEXT NOT NULL REFERENCES loops);
"""

UNFILLABLE = """
CREATE TABLE impossible (id INT NOT NULL UNIQUE CHECK (id > 5 AND id < 5));
CREATE TABLE child_of_impossible (impossible_id INT NOT NULL REFERENCES impossible (id));
CREATE TABLE guarded (id INT NOT NULL);
CREATE TABLE swallowed (id INT NOT NULL);
"""

TRIGGERS = (
    """CREATE TRIGGER guard BEFORE INSERT ON guarded
       BEGIN SELECT RAISE(ABORT, 'no entry here'); END""",
    "CREATE TRIGGER swallow BEFORE INSERT ON swallowed BEGIN SELECT RAISE(IGNORE); END",
    "CREATE VIRTUAL TABLE words USING fts5 (body)",
)
