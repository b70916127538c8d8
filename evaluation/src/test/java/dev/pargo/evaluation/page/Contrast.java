package dev.pargo.evaluation.page;

/** Finds text whose contrast with what lies behind it is too low, by the formula of WCAG 2.1 (relative luminance). */
final class Contrast {

    /** Gives a line for every element that fails. Text over pictures is not looked at. */
    static final String SCRIPT = """
            const parse = color => color.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => [r, g, b]
              .map(value => value / 255)
              .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
              .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
            const behind = element => {
              for (let at = element; at; at = at.parentElement) {
                const color = parse(getComputedStyle(at).backgroundColor);
                if (color.length < 4 || color[3] > 0.99) {
                  return color;
                }
              }
              return [255, 255, 255];
            };
            return [...document.querySelectorAll('body *')]
              .filter(element => element.offsetParent && [...element.childNodes]
                  .some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
              .filter(element => !element.closest('.visually-hidden, .skip, #frame'))
              .map(element => {
                const [a, b] = [parse(getComputedStyle(element).color), behind(element)].map(luminance);
                return [element, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
              })
              .filter(([, ratio]) => ratio < 4.5)
              .map(([element, ratio]) => `${ratio.toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
            """;

    private Contrast() {}
}
