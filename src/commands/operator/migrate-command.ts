import { Command } from 'commander'
import { withDatabase } from './with-database.ts'

/** Opening the database applies the migrations. */
const run = () =>
  withDatabase(
    async ({ applied }) => {
      process.stdout.write(`${applied.length === 0 ? 'nothing to do' : applied.join('\n')}\n`)
    },
    { mayCreate: true },
  )

export const migrateCommand = () =>
  new Command('migrate').description('Apply the migrations that the database lacks, and print their names.').action(run)
