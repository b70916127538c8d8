package dev.pargo.evaluation.benchmark;

import dev.pargo.evaluation.benchmark.mme.MmeScoreCommand;
import picocli.CommandLine.Command;

/** Scores results that exist already. */
@Command(
        name = "score",
        description = "Scores results that exist already.",
        subcommands = MmeScoreCommand.class,
        mixinStandardHelpOptions = true)
public final class ScoreCommand {}
