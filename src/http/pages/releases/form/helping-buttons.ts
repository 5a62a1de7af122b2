import type { Fields } from '../../../rest/kit/nested-fields.ts'

const helpers = ['find_tags', 'pick_tag', 'attach', 'preview', 'more_links'] as const

/** What the form shows after a button that only helps to fill it in. Null for a button that writes. */
export function filledIn(given: Fields): Fields | null {
  if (helpers.every((name) => given[name] === undefined)) return null
  return given.pick_tag === undefined ? given : { ...given, tag_name: given.pick_tag }
}
