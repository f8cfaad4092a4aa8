import { z } from 'zod';

/** A stage of a pipeline, as far as a bake looks at it. */
export const Stage = z.object({
  id: z.string(),
  refId: z.string().nullish(),
  requisiteStageRefIds: z.array(z.string()).nullish(),
  /** The stage that made this one, such as a bake that has a child for each region. */
  parentStageId: z.string().nullish(),
  type: z.string().nullish(),
  /** Absent while it runs. */
  endTime: z.number().nullish(),
  context: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
export type Stage = z.infer<typeof Stage>;

/** What began an execution: a CI build, another pipeline, a person. */
export interface Trigger {
  buildInfo?: unknown;
  artifacts?: unknown[] | null | undefined;
  parentExecution?: Execution | null | undefined;
  /** The stage of the other pipeline that began this one. */
  parentPipelineStageId?: string | null | undefined;
}

/** One run of a pipeline. */
export interface Execution {
  type: string;
  trigger: Trigger;
  stages: Stage[];
}

export const Execution: z.ZodType<Execution> = z.object({
  type: z.string().default('PIPELINE'),
  trigger: z.lazy(() => Trigger).default({}),
  stages: z.array(Stage).default([]),
});

export const Trigger: z.ZodType<Trigger> = z.object({
  buildInfo: z.unknown().optional(),
  artifacts: z.array(z.unknown()).nullish(),
  parentExecution: Execution.nullish(),
  parentPipelineStageId: z.string().nullish(),
});
