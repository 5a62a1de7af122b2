// How the statement that inserts releases treats their drafts. `input` has all releases, and `r` the inserted ones.
import { RuleViolation } from '../../foundation/errors.ts'
import { Prisma, type ReleaseDraft } from '../../generated/prisma/client.ts'

/** A draft as its publisher has read it. */
export type DraftVersion = Pick<ReleaseDraft, 'id' | 'version'>

/** Locks the drafts that are still as their publishers have read them, so that each is published once. */
export const lockDrafts = Prisma.sql`
  SELECT d.id FROM release_drafts d JOIN input ON d.id = input."draftId" AND d.version = input."draftVersion" FOR UPDATE OF d`

/** The condition that `drafts`, the result of `lockDrafts`, has the draft of the release, or that there is no draft. */
export const isDraftPresent = Prisma.sql`("draftId" IS NULL OR "draftId" IN (SELECT id FROM drafts))`

export const deleteDrafts = Prisma.sql`DELETE FROM release_drafts d USING r WHERE d.id = r."draftId"`

export const draftChanged = () => new RuleViolation('CONFLICT', 'The draft was changed, published or deleted meanwhile')
