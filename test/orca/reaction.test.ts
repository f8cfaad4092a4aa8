import { describe, expect, test } from 'vitest';
import { isTriedAtOnce, isTriedLater, reactTo } from './reaction.ts';

describe('a poll', () => {
  const answered = (state: string | null, result: string | null) => ({ httpStatus: 200, state, result });

  test.each([
    [answered('COMPLETED', 'SUCCESS'), 'SUCCEEDED'],
    [answered('COMPLETED', 'FAILURE'), 'TERMINAL'],
    [answered('COMPLETED', null), 'TERMINAL'],
    [answered('CANCELED', 'FAILURE'), 'TERMINAL'],
    [answered('CANCELLED', 'FAILURE'), 'TERMINAL'],
    [answered('RUNNING', null), 'RUNNING'],
    [answered('PENDING', null), 'RUNNING'],
    [answered('SUSPENDED', null), 'RUNNING'],
    [{ httpStatus: 404 }, 'RUNNING'],
    [{ httpStatus: 503 }, 'RUNNING'],
    [{ httpStatus: 502 }, 'RUNNING'],
    [{ httpStatus: 429 }, 'RUNNING'],
    [{}, 'RUNNING'],
    [{ httpStatus: 400 }, 'TERMINAL'],
    [{ httpStatus: 500 }, 'TERMINAL'],
  ])('of %j is %s to the stage', (poll, reaction) => {
    expect(reactTo({ previousState: 'RUNNING', ...poll })).toBe(reaction);
  });

  test('with a word that Orca does not know ends the stage', () => {
    expect(reactTo(answered('BAKING', null))).toBe('TERMINAL');
    expect(reactTo(answered('COMPLETED', 'GOOD'))).toBe('TERMINAL');
  });

  test('of a bake that was cancelled before it began makes the stage bake again', () => {
    const cancelled = answered('CANCELED', 'FAILURE');
    expect(reactTo({ previousState: 'PENDING', ...cancelled })).toBe('REBAKE');
    expect(reactTo({ previousState: 'RUNNING', ...cancelled })).toBe('TERMINAL');
    expect(reactTo(cancelled)).toBe('TERMINAL');
  });
});

test('a create is tried again at once after anything but a decision, and later only when the bakery says it is away', () => {
  expect([400, 404].map(isTriedAtOnce)).toEqual([false, false]);
  expect([undefined, 429, 500, 502, 503].every(isTriedAtOnce)).toBe(true);
  expect([undefined, 429, 500, 502, 504].some((status) => isTriedLater('POST', status))).toBe(false);
  expect(isTriedLater('POST', 503)).toBe(true);
});
