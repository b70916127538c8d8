package dev.pargo.evaluation.plan;

import java.util.Arrays;
import java.util.Random;

/**
 * The replicas of each stage for a load, and the times of requests.
 *
 * @param rate         requests per second
 * @param pictureShare share of the requests with a new picture
 */
record Plan(
        double rate,
        double pictureShare,
        Measured measured,
        SingleQueue encoder,
        SingleQueue projector,
        SharedQueue llm) {

    private static final int SAMPLES = 40_000;

    /** The smallest plan whose stages have at most this utilisation. */
    static Plan within(double utilisation, Load load, Measured measured) {
        double pictures = load.rate() * load.pictureShare();
        return new Plan(
                load.rate(),
                load.pictureShare(),
                measured,
                SingleQueue.within(utilisation, pictures, measured.encode()),
                SingleQueue.within(utilisation, pictures, measured.project()),
                SharedQueue.within(utilisation, load.rate(), load.answers(measured)));
    }

    /** The plan with one replica of each stage. */
    static Plan single(Load load, Measured measured) {
        double pictures = load.rate() * load.pictureShare();
        return new Plan(
                load.rate(),
                load.pictureShare(),
                measured,
                new SingleQueue(pictures, load.oneDevice() ? 0 : measured.encode(), 1),
                new SingleQueue(pictures, load.oneDevice() ? 0 : measured.project(), 1),
                new SharedQueue(load.rate(), load.answers(measured), 1));
    }

    /** Largest number of requests per second for one replica of each stage. */
    static double highestRate(Load load, Measured measured) {
        double llm = load.answers(measured).highestRate();
        return load.pictureShare() == 0 || load.oneDevice()
                ? llm
                : Math.min(llm, 1 / Math.max(measured.encode(), measured.project()) / load.pictureShare());
    }

    /** Time to the first and to the last token in seconds, each as p50 and p95. */
    Times times() {
        Random random = new Random(1);
        double[] first = new double[SAMPLES];
        double[] total = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            double before = measured.outsideText();
            if (random.nextDouble() < pictureShare) {
                before = measured.outsidePicture() + encoder.response(random) + projector.response(random);
            }
            SharedQueue.Answer answer = llm.answer(random);
            first[i] = before + answer.firstToken();
            total[i] = before + answer.total();
        }
        Arrays.sort(first);
        Arrays.sort(total);
        return new Times(at(first, 0.5), at(first, 0.95), at(total, 0.5), at(total, 0.95));
    }

    static double at(double[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))];
    }

    /** Seconds. */
    record Times(double firstTokenP50, double firstTokenP95, double totalP50, double totalP95) {}

    /**
     * The load.
     *
     * @param rate         requests per second
     * @param pictureShare share of the requests with a new picture
     * @param answerTokens tokens of an answer
     * @param slots        answers that an LLM replica writes at once
     * @param oneDevice    whether the stages share one device; then a picture takes the LLM's time, as if its prefill were longer
     */
    record Load(double rate, double pictureShare, double answerTokens, int slots, boolean oneDevice) {

        AnswerTimes answers(Measured measured) {
            double prefill = pictureShare * measured.prefillPicture() + (1 - pictureShare) * measured.prefillText();
            if (oneDevice) {
                prefill += pictureShare * (measured.encode() + measured.project());
            }
            return new AnswerTimes(prefill, answerTokens, measured.steps(), slots);
        }
    }
}
