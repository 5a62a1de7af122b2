-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "lfs_objects" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "size" BIGINT NOT NULL,
    "storage_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "lfs_objects_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "lfs_objects_storage_key_key" ON "lfs_objects"("storage_key");

-- CreateIndex
CREATE UNIQUE INDEX "lfs_objects_project_id_sha256_key" ON "lfs_objects"("project_id", "sha256");

-- AddForeignKey
ALTER TABLE "lfs_objects" ADD CONSTRAINT "lfs_objects_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
