/**
 * The group of a pipeline's execution, whose bakes are cleared away together: what `X-SPINNAKER-EXECUTION-ID` says before its first colon.
 * Empty for a caller outside executions.
 */
export const executionGroup = (header: string): string => header.split(':', 1)[0] ?? '';
