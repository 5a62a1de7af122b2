// Checks that every subject gives the same answer as the limit before anything is timed.
import { deepStrictEqual } from 'node:assert'
import { answersTo, byRest, creationsOf, requestOf, variantsOf, walk } from './queries.mjs'
import { fromRest } from './rest-answers.mjs'
import { ask } from './subjects.mjs'

const AT_A_TIME = 20

/** The subject's own cursor after the number of rows. */
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

/** The variants of the query in the subject's form. One creation stands for all. */
async function prepare(query, subject, { world, tokens }) {
  if (query.creations) return creationsOf(query, world).slice(0, 1)
  if (!query.deep) return variantsOf(query)
  return [{ ...query, variables: { ...query.variables, after: await cursorAt(query.deep, subject, tokens) } }]
}

const parts = (data) => Object.values(data)[0]?.releases ?? {}

/** The common part of all subjects' answers, without commits and without the IDs of new rows. */
function comparable(query, data) {
  if (query.peer) for (const node of parts(data).nodes) delete node.commit
  if (!query.creations) return data
  return JSON.parse(JSON.stringify(data).replaceAll(/(gid:[^"]+\/)\d+/g, '$1'))
}

/** Keeps only what the other answer also has. */
function narrow(value, like) {
  if (Array.isArray(value) && Array.isArray(like)) return value.map((item, at) => narrow(item, like[at]))
  if (!value || !like || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(like).map((key) => [key, narrow(value[key], like[key])]))
}

function assertFull(query, data) {
  const { nodes } = parts(data)
  const isOne = query.creations || query.variables.tag
  const full = isOne ? Object.values(data)[0]?.release : nodes?.length === query.variables.first
  if (!full) throw new Error(`${query.name}: the limit answers no full page: ${JSON.stringify(data).slice(0, 500)}`)
}

/** Checks that commits are present, because no other subject has commits for a comparison. */
function assertCommits(query, subject, data) {
  const lacking = subject.commits && query.peer && parts(data).nodes.find(({ commit }) => !commit?.title)
  if (lacking) throw new Error(`${subject.name} answers ${query.name} without the commit of ${lacking.tagName}`)
}

const mappingOf = (query, subject) => (byRest(query, subject) ? fromRest : subject.mapData)

function assertEqual(query, subject, data, expected) {
  const mapData = mappingOf(query, subject)
  const own = mapData ? mapData(query, data) : data
  const { pageInfo } = parts(own)
  if (mapData && pageInfo) {
    // The subject has its own cursors, and says that a page that was read forwards is the first.
    for (const key of ['startCursor', 'endCursor', 'hasPreviousPage']) delete pageInfo[key]
  }
  assertCommits(query, subject, own)
  const message = `${subject.name} answers ${query.name} differently from the limit`
  try {
    deepStrictEqual(comparable(query, own), mapData ? narrow(expected, own) : expected)
  } catch (error) {
    throw new Error(`${message}:\n${error.message.slice(0, 3000)}`)
  }
}

/** The requests of each subject for the query, with the size of each answer. Throws unless all subjects answer alike. */
export async function checkAnswers(query, running, bench) {
  const { tokens, cleanUp } = bench
  const checked = []
  const expected = []
  for (const subject of running.filter((one) => answersTo(one, query))) {
    subject.resume()
    const requests = []
    const variants = await prepare(query, subject, bench)
    for (let from = 0; from < variants.length; from += AT_A_TIME) {
      const some = variants.slice(from, from + AT_A_TIME).map((asked) => requestOf(asked, subject, tokens))
      const answers = await Promise.all(some.map((request) => ask(subject, request)))
      for (const [place, { data, bytes }] of answers.entries()) {
        const at = from + place
        if (checked.length === 0) {
          assertFull(variants[at], data)
          expected[at] = comparable(query, data)
        } else assertEqual(variants[at], subject, data, expected[at])
        requests.push({ ...some[place], bytes })
      }
    }
    if (query.creations) await cleanUp(subject)
    subject.pause()
    checked.push({ subject, requests })
  }
  return checked
}
