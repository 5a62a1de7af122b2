// The projects and tags that mixed requests ask for: the projects of world.sql, and releases of the big project.

const pathOf = (n) => `bench/${n <= 100 ? 'wide' : `team-${1 + (n % 4)}`}/project-${n}`
const isPublic = (n) => n % 5 !== 0

const numbers = Array.from({ length: 498 }, (_, at) => at + 1)
export const allProjects = numbers.map(pathOf)
export const publicProjects = numbers.filter(isPublic).map(pathOf)

/** Numbers of releases across the 20,000 of the big project. No number is near the one before. */
export const MIXED_TAGS = Array.from({ length: 2000 }, (_, at) => 10 * ((at * 7777) % 2000) + (at % 10) + 1)
