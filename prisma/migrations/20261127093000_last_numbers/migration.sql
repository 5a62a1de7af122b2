-- Oldest version: 0.1.0

-- Numbers of issues and milestones that were deleted before are not known here: from now on none is given again.

-- CreateTable
CREATE TABLE "last_numbers" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "issue" INTEGER NOT NULL DEFAULT 0,
    "milestone" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "last_numbers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "last_numbers_project_id_key" ON "last_numbers"("project_id");

-- CreateIndex
CREATE UNIQUE INDEX "last_numbers_group_id_key" ON "last_numbers"("group_id");

-- AddForeignKey
ALTER TABLE "last_numbers" ADD CONSTRAINT "last_numbers_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "last_numbers" ADD CONSTRAINT "last_numbers_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;
