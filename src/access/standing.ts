import type { Viewer } from './viewer.ts'

/** Every role of a viewer, by where it is held. */
export type Standing = Readonly<Record<string, number>>

export const standingOf = ({ user, projectRoles, groupRoles }: Viewer): Standing =>
  Object.fromEntries([
    ['administrator', user?.admin ? 1 : 0],
    ...[...projectRoles].map(([id, role]) => [`project ${id}`, role]),
    ...[...groupRoles].map(([id, role]) => [`group ${id}`, role]),
  ])

/** Whether nothing was lost: an answer must not tell what its reader may not know any more. */
export const isStillHeld = (then: Standing, now: Standing): boolean =>
  Object.entries(then).every(([where, role]) => (now[where] ?? 0) >= role)
