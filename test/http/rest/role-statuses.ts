// The statuses that an endpoint answers, one for each viewer of a world.
import { type ViewerName, viewers } from '../../support/world.ts'

export const readers = (hidden: number, guest: number, reader: number) => [
  hidden,
  hidden,
  guest,
  guest,
  reader,
  reader,
  reader,
  reader,
]
export const all = (status: number) => viewers.map(() => status)
/**
 * The status `good` from this role on and 403 below it; `none` for anonymous viewers, `stranger` for viewers who are no
 * members.
 */
export const from = (role: ViewerName, good: number, { none = 403, stranger = 403 } = {}) =>
  viewers.map((viewer, at) => {
    if (viewer === 'anonymous') return none
    if (viewer === 'stranger') return stranger
    return at >= viewers.indexOf(role) ? good : 403
  })
export const hidden = { none: 404, stranger: 404 }
export const signedIn = { none: 401, stranger: 404 }
