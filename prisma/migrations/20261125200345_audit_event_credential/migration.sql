-- CreateEnum
CREATE TYPE "Credential" AS ENUM ('access_token', 'job_token', 'jwt', 'pipeline_jwt', 'command_line');

-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "credential" "Credential";
