// Keeps answers in memory for all viewers that may see the same. A kept answer is used only after the database has confirmed that
// nothing was written since, so every committed write counts at once, whichever process made it.

import { LRUCache } from 'lru-cache'
import { readsProject } from '../access/abilities.ts'
import { role } from '../access/roles.ts'
import { isAdministrator, isPipeline, roleIn, type Viewer } from '../access/viewer.ts'
import { newAnswerLife } from '../context/answer-life.ts'
import type { Context } from '../context/context.ts'
import { readReplicaThat } from '../context/reads.ts'
import { DatabaseAway } from '../database/outage.ts'
import type { CacheStatistics } from '../foundation/cache-statistics.ts'
import { databaseNow } from '../foundation/database-clock.ts'
import { type ContentVersion, contentVersions, contentVersionsOf } from './content-versions.ts'

const MAX_BYTES = 64 * 1024 ** 2

export type Answer = { json: string | Buffer; headers?: Readonly<Record<string, string>> }

/** The answer in the bytes that are sent. */
type Kept = Answer & { json: Buffer; version: string; until: number }

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

/** Ignores an error, because making the answer reports it again. An outage passes, so that the client waits only once. */
function ignoreUnlessOutage(error: unknown): null {
  if (error instanceof DatabaseAway) throw error
  return null
}

type Asked = { question: string; paths: readonly string[] }

/** The present place of the answer; null when a project does not exist or is hidden from the viewer. */
function placeOf(viewer: Viewer, question: string, found: readonly (ContentVersion | null)[]): Place | null {
  // Nothing is kept about a hidden or a missing project, so that both are answered in the same time.
  const projects = found.filter((project) => project !== null).filter((project) => readsProject(viewer, project))
  if (projects.length < found.length) return null
  const audiences = projects.map((project) => audience(viewer, project).join()).join(' ')
  const versions = projects.map(({ id, ancestorIds, version }) => [id, ancestorIds, version].join())
  return { key: `${audiences}\n${question}`, version: versions.join(' ') }
}

export type KeptAnswers = {
  /** Repeats the answer that was kept, if it is still valid. Otherwise makes the answer, and keeps it if it may be kept. */
  recall: (context: Context, asked: Asked, make: () => Promise<Answer>) => Promise<Answer>
  statistics: () => CacheStatistics
}

export function createKeptAnswers(): KeptAnswers {
  const answers = new LRUCache<string, Kept>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ json, headers }, key) => json.length + JSON.stringify(headers ?? {}).length + key.length,
  })
  const counts = { hits: 0, misses: 0 }
  const find = ({ key, version }: Place) => {
    const kept = answers.get(key)
    const found = kept && kept.version === version && databaseNow().getTime() < kept.until ? kept : null
    counts[found ? 'hits' : 'misses'] += 1
    return found
  }
  return {
    async recall(context, { question, paths }, make) {
      // Read before the answer, so a version may be older than the answer but never newer.
      const place = await contentVersions(paths)
        .then((versions) => placeOf(context.viewer, question, versions))
        .catch(ignoreUnlessOutage)
      const found = place && find(place)
      if (found) return found
      // What a replica of an older version answers must not be kept for the present version.
      if (place) {
        readReplicaThat(context, async (replica) => {
          const own = placeOf(context.viewer, question, await contentVersionsOf(replica, paths))
          return own?.version === place.version
        })
      }
      const life = newAnswerLife()
      context.answerLife = life
      const answer = await make()
      if (place && life.kept) {
        const { key, version } = place
        answers.set(key, { ...answer, json: Buffer.from(answer.json), version, until: life.until })
      }
      return answer
    },
    statistics: () => ({ entries: answers.size, bytes: answers.calculatedSize, ...counts }),
  }
}
