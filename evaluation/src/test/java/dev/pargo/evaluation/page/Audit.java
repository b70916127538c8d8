package dev.pargo.evaluation.page;

/** Looks for what Lighthouse and axe look for, in whatever state the page is. */
final class Audit {

    /** Gives a line for every fault. */
    static final String SCRIPT = """
            const faults = [];
            const all = selector => [...document.querySelectorAll(selector)];
            const shown = element => element.checkVisibility({ visibilityProperty: true });
            const fault = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
            const name = control => control.labels?.length || control.getAttribute('aria-label')
                || control.getAttribute('aria-labelledby') || control.textContent.trim()
                || control.querySelector('img[alt]:not([alt=""])');

            if (!document.documentElement.lang || !document.title || !document.querySelector('meta[name=description]')) {
              faults.push('the document has no language, title or description');
            }
            all('button, input, select, textarea, video, canvas:not([aria-hidden]), pre[tabindex]')
                .filter(control => !name(control)).forEach(control => fault('no name', control));
            all('img:not([alt])').forEach(image => fault('no alternative', image));
            all('[id]').filter(element => all(`#${element.id}`).length > 1).forEach(element => fault('id is not unique', element));
            for (const attribute of ['for', 'aria-labelledby', 'aria-describedby']) {
              all(`[${attribute}]`).filter(element => !document.getElementById(element.getAttribute(attribute).split(' ')[0]))
                  .forEach(element => fault(`${attribute} names nothing`, element));
            }
            if (all('h1').length !== 1 || all('main').length !== 1) {
              faults.push('there is not one h1 and one main');
            }
            let level = 0;
            all('h1, h2, h3, h4').forEach(heading => {
              const own = Number(heading.tagName[1]);
              if (own > level + 1) {
                fault('a level of headings is left out', heading);
              }
              level = own;
            });
            all('[tabindex]').filter(element => element.tabIndex > 0).forEach(element => fault('tabindex above 0', element));
            // WCAG 2.2, 2.5.8: targets of at least 24 x 24 pixels. Words of a text are excepted.
            all('a, button, select, summary, textarea, input:not([type=radio]):not([type=checkbox]):not(.visually-hidden)')
                .filter(shown).filter(element => !element.closest('.skip'))
                .filter(element => {
                  const { width, height } = element.getBoundingClientRect();
                  return width > 0 && (width < 24 || height < 24);
                })
                .forEach(element => fault('a small target', element));
            if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
              faults.push('the page is wider than the screen');
            }
            return faults;
            """;

    private Audit() {}
}
