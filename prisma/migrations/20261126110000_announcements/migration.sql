-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "release_announcements" (
    "release_id" INTEGER NOT NULL,
    "announced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "release_announcements_pkey" PRIMARY KEY ("release_id")
);

-- CreateIndex
CREATE INDEX "release_announcements_announced_at_idx" ON "release_announcements"("announced_at");

-- AddForeignKey
ALTER TABLE "release_announcements" ADD CONSTRAINT "release_announcements_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody is told of what was published before. Upcoming releases are announced at their date.
INSERT INTO release_announcements (release_id, announced_at) SELECT id, created_at FROM releases WHERE released_at <= now();

DO $$
BEGIN
  IF to_regclass('graphile_worker._private_jobs') IS NOT NULL THEN
    PERFORM graphile_worker.add_job('announce-release', json_build_object('releaseId', id, 'wasUpcoming', true), run_at := released_at,
      max_attempts := 25, job_key := 'announce-release ' || id)
    FROM releases WHERE released_at > now();
  END IF;
END $$;
