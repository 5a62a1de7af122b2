import { Command } from 'commander'
import { downloadCommand } from './release-download.ts'
import { linkCommand } from './release-link.ts'
import { getCommand, listCommand } from './release-read.ts'
import { createCommand, deleteCommand, publishCommand, updateCommand } from './release-write.ts'

const HELP = `
Environment:
  WAYBILL_URL, WAYBILL_TOKEN   the server, and a token of it
  CI_SERVER_URL, CI_JOB_TOKEN, CI_PROJECT_PATH, CI_COMMIT_TAG, CI_COMMIT_SHA
                               what a pipeline says; CI_JOB_TOKEN is sent to CI_SERVER_URL alone

Exit codes: 0 when it is done, 1 when it failed, 2 when the command is wrong.`

export const releaseCommand = () =>
  new Command('release')
    .description('Publish, change, read and download releases of a server, from anywhere.')
    .addCommand(createCommand())
    .addCommand(updateCommand())
    .addCommand(publishCommand())
    .addCommand(getCommand())
    .addCommand(listCommand())
    .addCommand(deleteCommand())
    .addCommand(linkCommand())
    .addCommand(downloadCommand())
    .addHelpText('after', HELP)
