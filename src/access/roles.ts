/** The roles of members, low to high. A viewer's role in a project is its highest role in the project and the groups above it. */
export const role = { none: 0, guest: 10, planner: 15, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const

export type RoleName = Exclude<keyof typeof role, 'none'>
export type Role = (typeof role)[keyof typeof role]
