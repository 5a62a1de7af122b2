import { Command } from 'commander'
import type { blockUser } from '../../modules/accounts/block-user.ts'
import { readPersonalData } from '../../modules/accounts/personal-data.ts'
import { getUserOrGhost } from '../../modules/users/find-user.ts'
import { print } from '../output.ts'
import { jsonOption } from '../shared-options.ts'
import { asOperator } from './operator-context.ts'

/** A command that runs the use case for one account. */
export const userEnding = (name: 'block' | 'unblock' | 'delete', description: string, run: typeof blockUser) =>
  new Command(name)
    .description(description)
    .argument('<username>', 'the account')
    .addOption(jsonOption())
    .action(async (username: string, options: { json?: true }) => {
      const user = await asOperator((context) => run(context, { username }))
      print(options, user, `${username} is ${name === 'delete' ? `deleted: ${user.username}` : user.state}`)
    })

export const userExport = () =>
  new Command('export')
    .description('Print what the server knows about an account, as JSON.')
    .argument('<username>', 'the account')
    .action(async (username: string) => {
      const data = await asOperator(async () => readPersonalData(await getUserOrGhost(username)))
      print({ json: true }, data, '')
    })
