-- Oldest version: 0.1.0

ALTER TABLE projects ADD COLUMN topics VARCHAR(255)[] NOT NULL DEFAULT '{}';
CREATE INDEX projects_topics ON projects USING gin (topics);
