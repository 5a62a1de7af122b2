// Answers are kept in memory for whoever may see the same, and given only after the database has said that nothing was
// written since: what is committed counts from then on, whoever wrote it and whichever process keeps the answer.

import { LRUCache } from 'lru-cache'
import { readsProject } from '../access/abilities.ts'
import { role } from '../access/roles.ts'
import { isAdministrator, isPipeline, roleIn, type Viewer } from '../access/viewer.ts'
import type { AnswerLife } from '../context/answer-life.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { type ContentVersion, contentVersions } from './content-versions.ts'
import type { OperationRequest } from './operation-request.ts'

const MAX_BYTES = 64 * 1024 ** 2

/** In bytes, as it is sent. */
type Kept = { json: Buffer; version: string; until: number }

/** Where an answer is kept, and what it was true for. */
type Place = { key: string; version: string }

/**
 * What the abilities in a project follow from. Protected tags may admit single persons among those who can push, so each of
 * these has answers of their own.
 */
function audience(viewer: Viewer, project: ContentVersion) {
  const held = roleIn(viewer, project)
  return [
    project.id,
    held,
    viewer.user !== null,
    isAdministrator(viewer),
    // Neither its groups count nor all that its role allows.
    isPipeline(viewer),
    held >= role.developer ? viewer.user?.id : null,
  ]
}

export type KeptAnswers = {
  /** The place of an answer as of now; null when one of the projects does not exist, or not for this viewer. */
  place: (viewer: Viewer, request: Asked, paths: readonly string[]) => Promise<Place | null>
  find: (place: Place) => Buffer | null
  /** The version was read before the answer: it can be older than the answer, never newer. */
  keep: (place: Place, json: string, life: AnswerLife) => void
}

type Asked = { text: string } & Pick<OperationRequest, 'operationName' | 'variables'>

export function createKeptAnswers(): KeptAnswers {
  const answers = new LRUCache<string, Kept>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ json }, key) => json.length + key.length,
  })
  return {
    async place(viewer, { text, operationName, variables }, paths) {
      const found = await contentVersions(paths)
      // A hidden project and a missing one are answered alike, in the same time: nothing about either is kept.
      const projects = found.filter((project) => project !== null).filter((project) => readsProject(viewer, project))
      if (projects.length < found.length) return null
      const audiences = projects.map((project) => audience(viewer, project).join()).join(' ')
      const key = [audiences, operationName, JSON.stringify(variables), text].join('\n')
      const versions = projects.map(({ id, ancestorIds, version }) => [id, ancestorIds, version].join())
      return { key, version: versions.join(' ') }
    },
    find({ key, version }) {
      const kept = answers.get(key)
      return kept && kept.version === version && databaseNow().getTime() < kept.until ? kept.json : null
    },
    keep({ key, version }, json, { until, kept }) {
      if (kept) answers.set(key, { json: Buffer.from(json), version, until })
    },
  }
}
