-- AlterTable
ALTER TABLE "users" ADD COLUMN     "avatar_chosen" BOOLEAN NOT NULL DEFAULT false;
