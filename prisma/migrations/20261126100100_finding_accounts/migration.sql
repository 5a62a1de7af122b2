-- Oldest version: 0.1.0

-- Accounts are found by words in their names, as projects are.
CREATE INDEX users_search ON users USING gin (lower(name || ' ' || username) gin_trgm_ops);
