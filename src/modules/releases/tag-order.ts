import type { TagRef } from '../../git/tags.ts'
import { versionKeyOf } from './tag-name.ts'

/** By the bytes of the name, by the time of the tagger (or else of the commit), or by the version in the name. */
export type TagOrder = 'name' | 'updated' | 'version'

/** Puts the number of digits before the digits, so that numbers compare correctly as texts. */
const natural = (name: string) =>
  name.replace(/\d+/g, (digits) => {
    const number = digits.replace(/^0+(?=\d)/, '')
    return `${String(number.length).padStart(4, '0')}${number}`
  })

/** Names without a version have an empty key, so they come before all versions. Among them `v1.9` comes before `v1.10`. */
const versionSortKey = ({ name }: TagRef) => `${versionKeyOf(name).semverKey}\n${natural(name)}`

const compare = <Key extends string | number>(a: Key, b: Key) => (a < b ? -1 : a > b ? 1 : 0)

function sortedBy<Key extends string | number>(refs: readonly TagRef[], keyOf: (ref: TagRef) => Key, sign: 1 | -1) {
  const keyed = refs.map((ref) => ({ ref, key: keyOf(ref) }))
  return keyed.sort((a, b) => sign * compare(a.key, b.key)).map(({ ref }) => ref)
}

/** Sorts tags that come sorted by name. Equal tags stay sorted by name, in both directions. */
export function sortTags(refs: readonly TagRef[], order: TagOrder, descending: boolean): TagRef[] {
  const sign = descending ? -1 : 1
  if (order === 'name') return descending ? [...refs].reverse() : [...refs]
  return order === 'updated' ? sortedBy(refs, ({ createdAt }) => createdAt, sign) : sortedBy(refs, versionSortKey, sign)
}
