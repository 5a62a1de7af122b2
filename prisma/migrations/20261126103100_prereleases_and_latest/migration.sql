-- Oldest version: 0.1.0

-- AlterTable
ALTER TABLE "projects" ADD COLUMN     "permalink_is_stable" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "releases" ADD COLUMN     "prerelease_mark" BOOLEAN;

-- CreateTable
CREATE TABLE "latest_releases" (
    "project_id" INTEGER NOT NULL,
    "release_id" INTEGER NOT NULL,

    CONSTRAINT "latest_releases_pkey" PRIMARY KEY ("project_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "latest_releases_release_id_key" ON "latest_releases"("release_id");

-- AddForeignKey
ALTER TABLE "latest_releases" ADD CONSTRAINT "latest_releases_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "latest_releases" ADD CONSTRAINT "latest_releases_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;
