-- Oldest version: 0.1.0

-- "C" compares bytes, so the paths below a path are one range of the index.
CREATE TABLE "old_paths" (
    "full_path" TEXT COLLATE "C" NOT NULL,
    "project_id" INTEGER NOT NULL,

    CONSTRAINT "old_paths_pkey" PRIMARY KEY ("full_path")
);

CREATE INDEX "old_paths_project_id_idx" ON "old_paths"("project_id");

ALTER TABLE "old_paths" ADD CONSTRAINT "old_paths_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
