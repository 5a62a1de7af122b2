/** The version of GitLab whose API Waybill serves. Clients decide by it which requests they may send. */
export const metadata = { version: '18.0.0', revision: 'waybill' }
