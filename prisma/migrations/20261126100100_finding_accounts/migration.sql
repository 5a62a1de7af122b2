-- Oldest version: 0.1.0

-- It is there already, unless a process was killed before it had run the script that makes it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Accounts are found by words in their names, as projects are.
CREATE INDEX users_search ON users USING gin (lower(name || ' ' || username) gin_trgm_ops);
-- For searches of projects that also look at the groups in the path.
CREATE INDEX projects_search_paths ON projects USING gin (lower(full_path) gin_trgm_ops);
