-- AlterTable
ALTER TABLE "packages" ADD COLUMN     "hidden" BOOLEAN NOT NULL DEFAULT false;
