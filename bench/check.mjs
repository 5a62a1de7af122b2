// Nothing is timed before it has been shown to be right: every answer must be the limit's.
import { deepStrictEqual } from 'node:assert'
import { answersTo, creation, requestOf, walk } from './queries.mjs'
import { ask } from './subjects.mjs'

/** The cursor behind so many rows, from the subject itself. */
async function cursorAt(rows, subject, tokens) {
  let after = null
  for (let row = 0; row < rows; row += walk.variables.first) {
    const page = { ...walk, variables: { ...walk.variables, after } }
    const { data } = await ask(subject, requestOf(page, subject, tokens))
    const { releases } = (subject.mapData?.(walk, data) ?? data).project
    after = releases.pageInfo.endCursor
  }
  return after
}

/** The query as this subject is asked it. */
async function prepare(query, subject, tokens) {
  if (query.writes) return creation(query, 1)
  if (!query.deep) return query
  return { ...query, variables: { ...query.variables, after: await cursorAt(query.deep, subject, tokens) } }
}

const parts = (data) => Object.values(data)[0]?.releases ?? {}

/** What the answers of all have in common: not commits, not the numbers of what was just created. */
function comparable(query, data) {
  if (query.peer) for (const node of parts(data).nodes) delete node.commit
  if (!query.writes) return data
  return JSON.parse(JSON.stringify(data).replaceAll(/(gid:[^"]+\/)\d+/g, '$1'))
}

/** Only what the other one has too. */
function narrow(value, like) {
  if (Array.isArray(value) && Array.isArray(like)) return value.map((item, at) => narrow(item, like[at]))
  if (!value || !like || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(like).map((key) => [key, narrow(value[key], like[key])]))
}

function assertFull(query, data) {
  const { nodes } = parts(data)
  const full = query.writes || query.name === 'Q2' ? data : nodes?.length === query.variables.first
  if (!full) throw new Error(`${query.name}: the limit answers no full page: ${JSON.stringify(data).slice(0, 500)}`)
}

function assertEqual(query, subject, data, expected) {
  const own = subject.mapData ? subject.mapData(query, data) : data
  const { pageInfo } = parts(own)
  if (subject.mapData && pageInfo) {
    // Cursors of its own; and it calls a page that was read forwards the first one.
    for (const key of ['startCursor', 'endCursor', 'hasPreviousPage']) delete pageInfo[key]
  }
  const message = `${subject.name} answers ${query.name} differently from the limit`
  try {
    deepStrictEqual(comparable(query, own), subject.mapData ? narrow(expected, own) : expected)
  } catch (error) {
    throw new Error(`${message}:\n${error.message.slice(0, 3000)}`)
  }
}

/** The request of each subject for the query, after all have been found to answer it alike. */
export async function checkAnswers(query, running, { tokens, cleanUp }) {
  const checked = []
  let expected
  for (const subject of running.filter((one) => answersTo(one, query))) {
    subject.resume()
    const asked = await prepare(query, subject, tokens)
    const request = requestOf(asked, subject, tokens)
    const { data, bytes } = await ask(subject, request)
    if (query.writes) await cleanUp(subject)
    subject.pause()
    if (expected === undefined) {
      assertFull(asked, data)
      expected = comparable(query, data)
    } else assertEqual(query, subject, data, expected)
    checked.push({ subject, request, bytes: query.writes ? null : bytes })
  }
  return checked
}
