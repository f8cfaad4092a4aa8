import { type Command, CommanderError } from 'commander';
import { readEnvironment } from './config.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { commandLine } from './program.ts';

// Whoever reads us with `head` has enough; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.bug));

process.exitCode = await run();

async function run(): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = commandLine(readEnvironment(process.env), (ended) => {
    code = ended;
  });
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.refused;
    process.stderr.write(
      `bakehouse: this is a bug, please report it: ${error instanceof Error ? error.stack : error}\n`,
    );
    return EXIT.bug;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
