/** Roles of members, low to high. A viewer's role on a project is the highest of the project's and of all groups above it. */
export const role = { none: 0, guest: 10, planner: 15, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const

export type RoleName = Exclude<keyof typeof role, 'none'>
export type Role = (typeof role)[keyof typeof role]
