// The command line as one file, which every server hands out to pipelines: `npm run build` makes dist/cli/waybill.mjs of it.
import { main } from './cli.ts'

await main(process.argv, { isInstalled: false })
