import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { harmless, openScreen } from './screen.ts';

function aTerminal(members: { isTTY?: boolean; columns?: number } = {}) {
  const said: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      said.push(String(chunk));
      done();
    },
  });
  return { said, stream: Object.assign(stream, members) };
}

const outlets = (stdout: ReturnType<typeof aTerminal>, plain = false) => ({
  stdout: stdout.stream,
  stderr: aTerminal().stream,
  plain,
});

test('lines of a log come above the status line, which is drawn again', () => {
  const terminal = aTerminal({ isTTY: true, columns: 20 });
  const screen = openScreen(outlets(terminal), 'person');
  screen.status('0:01 baking');
  screen.print('a line');
  screen.status('');
  expect(terminal.said).toEqual(['0:01 baking', '\r\u001b[2Ka line\n0:01 baking', '\r\u001b[2K']);
});

test('a status line is cut where it would wrap', () => {
  const terminal = aTerminal({ isTTY: true, columns: 10 });
  openScreen(outlets(terminal), 'person').status('0123456789');
  expect(terminal.said).toEqual(['01234567…']);
});

test('where there is no terminal there is no status and no colour', () => {
  const pipe = aTerminal();
  const screen = openScreen(outlets(pipe), 'person');
  screen.status('0:01 baking');
  screen.print(screen.paint('red', 'failed'));
  expect(pipe.said).toEqual(['failed\n']);
});

test('colour is for a terminal, unless NO_COLOR is set', () => {
  const terminal = aTerminal({ isTTY: true });
  expect(openScreen(outlets(terminal), 'person').paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(openScreen(outlets(terminal, true), 'person').paint('red', 'x')).toBe('x');
});

test('a program gets documents, a person lines', () => {
  const forProgram = aTerminal({ isTTY: true });
  const forPerson = aTerminal();
  for (const screen of [openScreen(outlets(forProgram), 'program'), openScreen(outlets(forPerson), 'person')]) {
    screen.emit({ a: 1 });
    screen.print('a line');
    screen.status('status');
  }
  expect(forProgram.said).toEqual(['{"a":1}\n']);
  expect(forPerson.said).toEqual(['a line\n']);
});

test('what a build printed cannot steer the terminal', () => {
  expect(harmless('\u001b]0;title\u0007\u001b[2J\u001b[1;31mred\u001b[0m\ttab\rback\u0008 \u009b31mcsi')).not.toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be gone
    /[\x00-\x08\x0b-\x1f\x7f-\x9f]/,
  );
  expect(harmless('plain\ttext, Größe')).toBe('plain\ttext, Größe');
});
