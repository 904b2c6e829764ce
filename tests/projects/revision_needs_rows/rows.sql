INSERT INTO queens (name) VALUES ('Anne');
INSERT INTO queens (name) VALUES ('Anne');
