import { html } from 'hono/html'

/** A time of GraphQL, in UTC to the minute. */
export const dateOf = (time: string) =>
  html`<time datetime="${time}" title="${time}">${time.slice(0, 10)}, ${time.slice(11, 16)} UTC</time>`
