-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "repository_checks" (
    "project_id" INTEGER NOT NULL,
    "kept_at" TIMESTAMPTZ(3) NOT NULL,
    "verified_at" TIMESTAMPTZ(3) NOT NULL,
    "problem" VARCHAR(1000),

    CONSTRAINT "repository_checks_pkey" PRIMARY KEY ("project_id")
);

-- AddForeignKey
ALTER TABLE "repository_checks" ADD CONSTRAINT "repository_checks_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
