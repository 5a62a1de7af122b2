// Keeps answers in memory for all viewers that may see the same. A kept answer is used only after the database has confirmed that
// nothing was written since, so every committed write counts at once, whichever process made it.

import { LRUCache } from 'lru-cache'
import { readsProject } from '../access/abilities.ts'
import { role } from '../access/roles.ts'
import { isAdministrator, isPipeline, roleIn, type Viewer } from '../access/viewer.ts'
import type { AnswerLife } from '../context/answer-life.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { type ContentVersion, contentVersions } from './content-versions.ts'
import type { OperationRequest } from './operation-request.ts'

const MAX_BYTES = 64 * 1024 ** 2

/** An answer in the bytes that are sent. */
type Kept = { json: Buffer; version: string; until: number }

/** The key of a kept answer, and the version of the content for which it is valid. */
type Place = { key: string; version: string }

/**
 * Everything that determines a viewer's abilities in a project. Viewers who may push have answers of their own, because a
 * protected tag may admit single persons among them.
 */
function audience(viewer: Viewer, project: ContentVersion) {
  const held = roleIn(viewer, project)
  return [
    project.id,
    held,
    viewer.user !== null,
    isAdministrator(viewer),
    // A pipeline has no roles from groups and not all abilities of its role.
    isPipeline(viewer),
    held >= role.developer ? viewer.user?.id : null,
  ]
}

type Asked = { text: string } & Pick<OperationRequest, 'operationName' | 'variables'>

export type KeptAnswers = ReturnType<typeof createKeptAnswers>

export function createKeptAnswers() {
  const answers = new LRUCache<string, Kept>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ json }, key) => json.length + key.length,
  })
  return {
    /** The present place of the answer; null when a project does not exist or is hidden from the viewer. */
    async place(
      viewer: Viewer,
      { text, operationName, variables }: Asked,
      paths: readonly string[],
    ): Promise<Place | null> {
      const found = await contentVersions(paths)
      // Nothing is kept about a hidden or a missing project, so that both are answered in the same time.
      const projects = found.filter((project) => project !== null).filter((project) => readsProject(viewer, project))
      if (projects.length < found.length) return null
      const audiences = projects.map((project) => audience(viewer, project).join()).join(' ')
      const key = [audiences, operationName, JSON.stringify(variables), text].join('\n')
      const versions = projects.map(({ id, ancestorIds, version }) => [id, ancestorIds, version].join())
      return { key, version: versions.join(' ') }
    },
    find({ key, version }: Place): Buffer | null {
      const kept = answers.get(key)
      return kept && kept.version === version && databaseNow().getTime() < kept.until ? kept.json : null
    },
    /** The version in `place` was read before the answer, so it may be older than the answer but never newer. */
    keep({ key, version }: Place, json: string, { until, kept }: AnswerLife): void {
      if (kept) answers.set(key, { json: Buffer.from(json), version, until })
    },
  }
}
