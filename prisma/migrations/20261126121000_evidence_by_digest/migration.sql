-- Oldest version: 0.1.0

-- CreateIndex
CREATE INDEX "evidences_sha_idx" ON "evidences"("sha");
