// Loads the page again while its jobs change, and replaces the part that is live.
const live = () => document.getElementById("live")

// What someone reads or uses is not replaced: a selected text, selected jobs, an open page in the background.
const isQuiet = () => document.hidden || !document.getSelection().isCollapsed || live().querySelector(":checked")

async function refresh() {
    const focused = document.activeElement
    const link = live().contains(focused) && (focused.getAttribute("href") || focused.form?.getAttribute("action"))
    const answer = await fetch(location.href, {redirect: "error"})
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const next = page.getElementById("live")
    if (!next || isQuiet()) return
    if (next.innerHTML !== live().innerHTML) {
        live().replaceWith(next)
        if (link) next.querySelector(`[href="${CSS.escape(link)}"], [action="${CSS.escape(link)}"] button`)?.focus()
    }
}

async function follow() {
    const seconds = Number(live()?.dataset.seconds)
    if (!seconds) return
    await new Promise(wake => setTimeout(wake, seconds * 1000))
    if (!isQuiet()) await refresh().catch(() => {})
    follow()
}

document.addEventListener("submit", event => {
    const question = event.submitter?.dataset.question
    if (question && !confirm(question)) event.preventDefault()
})
follow()
