/** It has no types of its own. */
declare module '@semantic-release/gitlab' {
  type Step<Result> = (configuration: Record<string, unknown>, context: Record<string, unknown>) => Promise<Result>

  export const verifyConditions: Step<void>
  export const publish: Step<{ name: string; url: string }>
  export const success: Step<void>
  export const fail: Step<void>
}
