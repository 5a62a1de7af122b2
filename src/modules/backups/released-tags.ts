import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { copyOut } from '../../database/copy.ts'

/** A project, and the commit of each of its released tags, as the rows of the backup know them. */
export type ReleasedTags = { id: number; tags: Map<string, string | null> }

const RELEASED = `
  COPY (SELECT p.id, r.tag, r.sha FROM projects p LEFT JOIN releases r ON r.project_id = p.id ORDER BY p.id) TO STDOUT`

/** Writes the list to a file, like `listStoredFiles`. Projects without a release are in it. */
export async function listReleasedTags(client: Client, file: string): Promise<void> {
  await pipeline(copyOut(client, RELEASED), createWriteStream(file, { mode: 0o600 }))
}

/** No tag has a character that COPY escapes, because git allows none. */
async function* linesOf(file: string): AsyncGenerator<{ id: number; tag: string; sha: string }> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [id = '', tag = '', sha = ''] = line.split('\t')
    yield { id: Number(id), tag, sha }
  }
}

const NULL = '\\N'

/** One project after the other. */
export async function* readReleasedTags(file: string): AsyncGenerator<ReleasedTags> {
  let project: ReleasedTags | undefined
  for await (const { id, tag, sha } of linesOf(file)) {
    if (project && project.id !== id) yield project
    project = project?.id === id ? project : { id, tags: new Map<string, string | null>() }
    if (tag !== NULL) project.tags.set(tag, sha === NULL ? null : sha)
  }
  if (project) yield project
}
