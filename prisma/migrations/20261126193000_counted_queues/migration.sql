-- Oldest version: 0.1.0

-- What /metrics counts is counted without reading a table whole.
CREATE INDEX "release_mails_waiting" ON "release_mails"("release_id", "batch") WHERE "refusal" IS NULL;
CREATE INDEX "release_mails_refused" ON "release_mails"("release_id") WHERE "refusal" IS NOT NULL;
CREATE INDEX "repository_checks_damaged" ON "repository_checks"("project_id") WHERE "problem" IS NOT NULL;
