// Searches for words in an index of trigrams.
import { invalid } from '../foundation/errors.ts'
import { Prisma } from '../generated/prisma/client.ts'

const MAX_WORDS = 10

/** The index finds a word by three letters or digits in a row. */
const INDEXED = /[\p{L}\p{N}]{3}/u

const pattern = (word: string) => `%${word.replace(/[\\%_]/g, '\\$&')}%`

/** The words of a search. Upper and lower case do not differ. Null when there are none. */
export function wordsOf(search: string | null | undefined): string[] | null {
  const words = [...new Set((search ?? '').split(/\s+/).filter((word) => word !== ''))]
  if (words.length > MAX_WORDS) throw invalid(`"search" takes at most ${MAX_WORDS} words, but has ${words.length}`)
  return words.length > 0 ? words : null
}

/**
 * If the index finds none of the words, the search must be the whole of a name, because everything else would read the whole
 * table.
 */
export const mustBeWhole = (words: readonly string[]): boolean => !words.some((word) => INDEXED.test(word))

/** Where words are sought. */
type Place = {
  /** Texts in lower case, each with an index of trigrams. A word may be in any of them. */
  texts: readonly Prisma.Sql[]
  /** Texts in lower case, each with an index. */
  names: readonly Prisma.Sql[]
}

const wholeName = (search: string, names: readonly Prisma.Sql[]) => {
  const equal = names.map((name) => Prisma.sql`${name} = lower(${search}::text)`)
  return Prisma.sql`AND (${Prisma.join(equal, ' OR ')})`
}

/** Conditions that begin with `AND`: the texts contain each word. */
export function containing(words: readonly string[], texts: readonly Prisma.Sql[]): Prisma.Sql {
  const conditions = words.map((word) => {
    const found = texts.map((text) => Prisma.sql`${text} LIKE lower(${pattern(word)}::text)`)
    return Prisma.sql`AND (${Prisma.join(found, ' OR ')})`
  })
  return Prisma.join(conditions, ' ')
}

/** A condition that begins with `AND`: the texts contain each word, or the search is the whole of a name. */
export function searchFor(search: string | null | undefined, { texts, names }: Place): Prisma.Sql {
  const words = wordsOf(search)
  if (words === null) return Prisma.empty
  return mustBeWhole(words) ? wholeName(words.join(' '), names) : containing(words, texts)
}
