-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "pending_pushes" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "changes" JSONB NOT NULL,
    "user_id" INTEGER,
    "credential" "Credential",
    "request_id" TEXT NOT NULL,
    "ip_address" INET,
    "tells_nobody" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "pending_pushes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "pending_pushes_project_id_idx" ON "pending_pushes"("project_id");

-- CreateIndex
CREATE INDEX "pending_pushes_user_id_idx" ON "pending_pushes"("user_id");

-- AddForeignKey
ALTER TABLE "pending_pushes" ADD CONSTRAINT "pending_pushes_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pending_pushes" ADD CONSTRAINT "pending_pushes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
