import type { Viewer } from './viewer.ts'

/** Every role of a viewer, by the project or group in which the viewer has it. */
export type Standing = Readonly<Record<string, number>>

export const standingOf = ({ user, projectRoles, groupRoles }: Viewer): Standing =>
  Object.fromEntries([
    ['administrator', user?.admin ? 1 : 0],
    ...[...projectRoles].map(([id, role]) => [`project ${id}`, role]),
    ...[...groupRoles].map(([id, role]) => [`group ${id}`, role]),
  ])

/** Whether the viewer has lost no role since, because a stored answer must not show what its reader may no longer see. */
export const isStillHeld = (then: Standing, now: Standing): boolean =>
  Object.entries(then).every(([where, role]) => (now[where] ?? 0) >= role)
