package browsertest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"

	"github.com/chromedp/chromedp"

	"github.com/indywire/indywire/internal/browsertest"
)

const shots = "/tmp/pages-shots/own/"
const pt = "http://pt.localhost:18280"

type w struct {
	*browsertest.Browser
	t *testing.T
	n string
	i int
}

func window(t *testing.T, name string, o browsertest.Options) *w {
	v := &w{browsertest.New(t, o), t, name, 0}
	events := chromedp.Events(v.Context(), page.JavascriptDialogOpening)
	go func() {
		for _, err := range events {
			if err != nil {
				return
			}
			fmt.Println("DIALOG")
			_, _ = chromedp.Call(v.Context(), page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}()
	return v
}
func (v *w) shot(what string) { v.i++; v.Screenshot(fmt.Sprintf("%s%s-%02d-%s.png", shots, v.n, v.i, what)); if o := v.Overflow(); o > 0 { fmt.Println("OVERFLOW", v.n, what, o) } }
func (v *w) js(e string) string { return browsertest.Run(v.Browser, chromedp.Evaluate[string]("String(" + e + ")")) }
func (v *w) files(sel string, f ...string) {
	for i := range f { f[i] = "/tmp/pages-m/" + f[i] }
	v.Do(chromedp.SetUploadFiles(chromedp.CSS(sel), f))
}
func (v *w) set(sel, val string) {
	v.js(fmt.Sprintf("(e=>{e.value=%q; e.dispatchEvent(new Event('input',{bubbles:true}))})(document.querySelector(%q))", val, sel))
}
func (v *w) wait(e string) {
	for i := 0; i < 600; i++ { if v.js(e) == "true" { return }; time.Sleep(100 * time.Millisecond) }
	fmt.Println("TIMEOUT", e)
}
func (v *w) rows() string { return v.js("[...document.querySelectorAll('.transfer')].map(r=>r.dataset.state+' | '+r.innerText.replace(/\\n+/g,' / ')).join('\\n')") }
func (v *w) main() string { return v.js("document.querySelector('main').innerText") }
func (v *w) done() { for _, p := range v.Problems() { fmt.Println("PROBLEM", v.n, p) } }

func TestPagesTour(t *testing.T) {
	which := os.Getenv("TOUR")
	for _, s := range []struct{ name, base string; o browsertest.Options }{
		{"pt1280", pt, browsertest.Options{Script: true}},
		{"ar360", "http://ar.localhost:18280", browsertest.Options{Script: true, Width: 360, Height: 740}},
		{"en1280dark", "http://en.localhost:18280", browsertest.Options{Script: true, Dark: true}},
	} {
		if which != "" && !strings.Contains(which, s.name) { continue }
		v := window(t, s.name, s.o)
		v.Open(s.base + "/publish")
		v.wait("!!document.querySelector('#files .transfers')")
		v.shot("empty")
		v.files("#file-1", "marcha.mp4", "marcha.pt.vtt", "vertical.webm", "DSCN0010.jpg", "coro.mp3", "dirty.pdf", "estragado.mp4", "landscape_3.jpg")
		v.shot("chosen")
		fmt.Println(v.rows())
		v.wait("[...document.querySelectorAll('.transfer')].every(r=>['held','done','failed'].includes(r.dataset.state))")
		v.shot("sent")
		fmt.Println(v.rows())
		v.set("#title", "A marcha passou pela ponte "+s.name)
		v.set("#body", "Passou **muita** gente.")
		v.js("document.querySelectorAll('.transfer input[id^=alt]').forEach((e,i)=>{e.value='Descrição '+i; e.dispatchEvent(new Event('input',{bubbles:true}))})")
		v.wait("location.hash.length>10")
		time.Sleep(3 * time.Second)
		v.shot("filled")
		v.js("location.reload()")
		time.Sleep(2 * time.Second)
		v.wait("document.querySelectorAll('.transfer').length>0")
		v.shot("reloaded")
		fmt.Println(v.rows(), v.js("document.querySelector('.draft-note').innerText"))
		v.files("#file-1", "DSCN0010.jpg", "landscape_3.jpg")
		time.Sleep(500 * time.Millisecond)
		v.js("[...document.querySelectorAll('.transfer')].find(r=>r.innerText.includes('DSCN')).querySelector('button:nth-of-type(4)').click()")
		time.Sleep(1 * time.Second)
		v.shot("blur")
		v.js("[...document.querySelectorAll('dialog button')].map(b=>b.innerText)[0]")
		v.js("document.querySelectorAll('dialog button')[0].click()")
		time.Sleep(300 * time.Millisecond)
		v.shot("blur-box")
		v.js("document.querySelector('dialog').close()")
		v.js("document.querySelector('form#post .acts button[value=preview]').click()")
		time.Sleep(2 * time.Second)
		v.shot("preview")
		v.js("document.querySelector('form#post .acts button[value=publish]').click()")
		v.wait("!!document.querySelector('p.code')")
		time.Sleep(500 * time.Millisecond)
		v.shot("receipt")
		fmt.Println(v.js("location.href")); fmt.Println(v.main())
		receipt := v.js("location.href")
		art := v.js("document.querySelector('a.permalink').href")
		v.Open(art)
		v.shot("article-early")
		fmt.Println(v.main())
		for i := 0; i < 60; i++ { v.Open(receipt); if v.js("!!document.querySelector('.file progress')") == "false" { break }; time.Sleep(time.Second) }
		v.shot("receipt-late")
		v.Open(art)
		v.shot("article")
		fmt.Println(v.main())
		v.done()
	}
}

func TestPagesDesk(t *testing.T) {
	v := window(t, "desk", browsertest.Options{Script: true})
	v.Open(pt + "/sign-in")
	v.set("[name=email]", "ines@example.org"); v.set("[name=password]", "correct horse battery")
	v.Follow("main form button[type=submit], main form .button")
	fmt.Println(v.Location())
	v.Open(pt + "/newsroom"); v.shot("newsroom"); 
	v.Open(pt + "/newsroom/articles/136"); v.shot("item"); fmt.Println(v.main())
	v.Open(pt + "/newsroom/settings"); v.shot("settings")
	v.set("[name=max_files]", "3"); v.set("[name=max_file_mb]", "20")
	fmt.Println(v.Follow("main form button.button, main form button[type=submit]"), v.Location()); v.shot("settings-saved"); fmt.Println(v.js("document.querySelector('main').innerText.slice(0,400)"))
	v.Open(pt + "/publish"); v.wait("!!document.querySelector('#files .transfers')")
	v.files("#file-1", "marcha.mp4", "marcha.pt.vtt", "DSCN0010.jpg", "coro.mp3"); v.shot("over"); fmt.Println(v.js("document.querySelector('#files').innerText"))
	v.js("document.querySelectorAll('.transfer button:last-child').forEach(b=>b.click())")
	v.Open(pt + "/newsroom/settings"); v.js("document.querySelector(\"main form\").noValidate=true"); v.set("[name=max_files]", "25"); v.set("[name=max_file_mb]", "5000")
	fmt.Println(v.Follow("main form button.button, main form button[type=submit]")); v.shot("settings-fault"); fmt.Println(v.js("document.querySelector('main').innerText.slice(0,600)"))
	v.set("[name=max_files]", ""); v.set("[name=max_file_mb]", ""); fmt.Println(v.Follow("main form button.button, main form button[type=submit]"))
	v.Open(pt + "/newsroom/articles/136")
	fmt.Println(v.Follow("form[action$='/retry'] button"), v.Location()); v.shot("retried")
	v.Open(pt + "/newswire?media=video"); v.shot("gallery"); fmt.Println(v.main())
	v.Open(pt + "/newswire?media=document"); v.shot("documents")
	v.Open("http://en.localhost:18280/newswire?media=audio"); v.shot("audio"); fmt.Println(v.main())
	v.Open("http://ar.localhost:18280/newswire?media=video"); v.shot("ar-gallery")
	v.done()
}

// without script, at 360, dark
func TestPagesPlain(t *testing.T) {
	v := window(t, "plain", browsertest.Options{Width: 360, Dark: true})
	v.Open("http://en.localhost:18280/publish")
	fmt.Println(browsertest.Run(v.Browser, chromedp.Text(chromedp.CSS("#files"))))
	v.Do(chromedp.SetUploadFiles(chromedp.CSS("#file-1"), []string{"/tmp/pages-m/marcha.mp4"}), chromedp.SetUploadFiles(chromedp.CSS("#file-2"), []string{"/tmp/pages-m/marcha.pt.vtt"}), chromedp.SetUploadFiles(chromedp.CSS("#file-3"), []string{"/tmp/pages-m/dirty.pdf"}), chromedp.SetUploadFiles(chromedp.CSS("#file-4"), []string{"/tmp/pages.pid"}))
	v.Do(chromedp.SendKeys(chromedp.CSS("#title"), "Plain"), chromedp.SendKeys(chromedp.CSS("#body"), strings.Repeat("a",10)), chromedp.SendKeys(chromedp.CSS("#alt-1"), "A march"))
	v.shot("filled")
	v.Do(chromedp.Click(chromedp.CSS("form#post .acts button[value=preview]"))); time.Sleep(4*time.Second); fmt.Println(v.Location(), v.Problems()); v.shot("preview")
	fmt.Println(v.Follow("form#post .acts button[value=preview]")); v.shot("preview2")
	fmt.Println(v.Follow("form#post .acts button[value=publish]"), v.Location()); v.shot("receipt")
	fmt.Println(browsertest.Run(v.Browser, chromedp.Text(chromedp.CSS("main"))))
	v.Do(chromedp.SetUploadFiles(chromedp.CSS("#file-1"), []string{"/tmp/pages-m/coro.mp3"}))
	fmt.Println(v.Follow("form#post .acts button[value=save]"), v.Location()); v.shot("saved")
	fmt.Println(v.Follow("a.permalink"), v.Location()); v.shot("article")
	v.done()
}

func TestPagesKeys(t *testing.T) {
	v := window(t, "keys", browsertest.Options{Script: true})
	v.Open(pt + "/publish"); v.wait("!!document.querySelector('#files .transfers')")
	v.files("#file-1", "marcha.mp4", "DSCN0010.jpg")
	v.js("document.querySelector('#file-1').focus()")
	for i := 0; i < 14; i++ {
		v.Do(chromedp.KeyEvent("\t"))
		fmt.Println(v.js("(e=>e.tagName+' '+(e.getAttribute('aria-label')||e.innerText||e.id)+' outline '+getComputedStyle(e).outlineStyle+getComputedStyle(e).outlineWidth)(document.activeElement)"))
	}
	v.js("[...document.querySelectorAll('.transfer button:not([hidden])')].find(b=>b.innerText=='Desfocar rostos').focus()")
		fmt.Println(v.js("document.activeElement.innerText+[...document.querySelectorAll('.transfer button')].map(b=>b.innerText+b.hidden)"))
	v.Do(chromedp.KeyEvent("\r")); time.Sleep(time.Second)
	say := func() { fmt.Println(v.js("(e=>e.tagName+'|'+e.className+'|'+(e.getAttribute('aria-label')||e.innerText)+'|'+e.getAttribute('style'))(document.activeElement)"), "LIVE:", v.js("[...document.querySelectorAll('[role=status]')].map(e=>e.innerText).join(';')")) }
	say()
	v.Do(chromedp.KeyEvent("\r")); say()
	v.shot("box")
	fmt.Println(v.js("document.querySelector('dialog').outerHTML.slice(0,3000)"))
	for i := 0; i < 5; i++ { v.Do(chromedp.KeyEvent("\t")); say() }
	v.done()
}

func TestPagesClick(t *testing.T) {
	for _, keys := range []bool{false, true} {
		v := window(t, "click", browsertest.Options{Width: 360})
		v.Open("http://en.localhost:18280/publish")
		if keys {
			v.Do(chromedp.SendKeys(chromedp.CSS("#alt-1"), "A march"))
		}
		v.Do(chromedp.SetUploadFiles(chromedp.CSS("#file-1"), []string{"/tmp/pages-m/coro.mp3"}))
		v.Do(chromedp.SendKeys(chromedp.CSS("#title"), "Plain"), chromedp.SendKeys(chromedp.CSS("#body"), "aaa"))
		v.Do(chromedp.Click(chromedp.CSS("form#post .acts button[value=preview]")))
		time.Sleep(3 * time.Second)
		fmt.Println(keys, v.js("document.querySelector('#preview').innerText+'|'+document.activeElement.outerHTML.slice(0,200)+scrollY"))
	}
}

func TestPagesSlow(t *testing.T) {
	name, base := "slow-en360", "http://en.localhost:18280"
	v := window(t, name, browsertest.Options{Script: true, Width: 360, Height: 740})
	v.Open(base + "/publish")
	v.wait("!!document.querySelector('#files .transfers')")
	v.js("(()=>{window.said=[];new MutationObserver(()=>{const e=document.querySelector('form#post > [role=status]')||document.querySelector('main > [role=status]');if(e)said.push(e.innerText)}).observe(document.body,{subtree:true,childList:true,characterData:true})})()")
	v.files("#file-1", "longa.mp4", "vertical.webm", "coro.mp3", "dirty.pdf")
	time.Sleep(5 * time.Second)
	fmt.Println(v.rows()); v.shot("running")
	v.js("document.querySelector('.transfer [aria-label^=Pause]').click()")
	time.Sleep(500 * time.Millisecond)
	fmt.Println("paused", v.rows()); fmt.Println(v.js("document.activeElement.innerText"))
	v.set("#title", "Slow"); v.set("#body", "Slow body")
	time.Sleep(3 * time.Second)
	fmt.Println("SAID", v.js("[...new Set(said)].join(' // ')"), v.js("document.querySelector('.draft-note').innerText"))
	v.js("location.reload()"); time.Sleep(2 * time.Second)
	v.wait("document.querySelectorAll('.transfer').length>0")
	fmt.Println("reloaded", v.rows()); v.shot("reloaded")
	// wrong file in again
	v.Do(chromedp.SetUploadFiles(chromedp.CSS(".transfer:nth-child(1) input[type=file]"), []string{"/tmp/pages-m/coro.mp3"}))
	time.Sleep(300 * time.Millisecond)
	fmt.Println("wrong", v.rows()); v.shot("wrong")
	v.files("#file-1", "longa.mp4")
	time.Sleep(2 * time.Second)
	fmt.Println("again", v.rows())
	v.js("document.querySelector('form#post .acts button[value=publish]').click()")
	v.wait("!!document.querySelector('p.code')"); time.Sleep(2 * time.Second)
	v.shot("coming"); fmt.Println(v.main()); fmt.Println(v.js("location.href"))
	receipt := v.js("location.href"); art := v.js("document.querySelector('a.permalink').href")
	x := window(t, name+"x", browsertest.Options{Script: true, Width: 360})
	x.Open(art); x.shot("article"); fmt.Println(x.js("document.querySelector('article, main').innerText.slice(0,600)"))
	v.Open(base + "/newswire"); v.Open(receipt); time.Sleep(2 * time.Second)
	v.shot("receipt-again"); fmt.Println(v.rows()); fmt.Println(v.js("document.querySelector('.coming')?.innerText"))
	for i, f := range []string{"longa.mp4", "vertical.webm", "coro.mp3", "dirty.pdf"} {
		fmt.Println(i, f, v.js(fmt.Sprintf("(r=>r?r.querySelector('input[type=file]').id:'')([...document.querySelectorAll('.transfer')].find(r=>r.innerText.includes(%q)))", f)))
		if id := v.js(fmt.Sprintf("(r=>r?r.querySelector('input[type=file]').id:'')([...document.querySelectorAll('.transfer')].find(r=>r.innerText.includes(%q)))", f)); id != "" {
			v.files("#"+id, f)
		}
	}
	time.Sleep(2 * time.Second); fmt.Println(v.rows())
	v.wait("[...document.querySelectorAll('.transfer')].every(r=>['done','failed'].includes(r.dataset.state))")
	time.Sleep(1 * time.Second)
	v.shot("all-here"); fmt.Println(v.js("document.querySelector('.coming')?.innerText"), v.js("location.href"), v.js("document.querySelector('[aria-labelledby=files-title]').innerText"))
	v.done()
}

func TestPagesMore(t *testing.T) {
	v := window(t, "play", browsertest.Options{Script: true})
	v.Open(pt + "/articles/136")
	fmt.Println(v.js("document.querySelector('article video').outerHTML"))
	browsertest.Run(v.Browser, chromedp.Evaluate[string]("(()=>{const e=document.querySelector('article video'); e.muted=true; e.textTracks[0].mode='showing'; e.play(); return 'x'})()"))
	time.Sleep(3 * time.Second)
	fmt.Println(v.js("(e=>[e.currentTime,e.duration,e.videoWidth,e.currentSrc,e.textTracks[0].activeCues?.[0]?.text,e.textTracks[0].label,e.textTracks[0].language].join(' '))(document.querySelector('article video'))"))
	v.shot("playing")
	browsertest.Run(v.Browser, chromedp.Evaluate[string]("(()=>{const e=document.querySelector('article audio'); e.muted=true; e.play(); return 'x'})()"))
	time.Sleep(2 * time.Second)
	fmt.Println(v.js("(e=>[e.currentTime,e.duration,e.currentSrc].join(' '))(document.querySelector('article audio'))"))
	v.done()
	c := window(t, "arcomment", browsertest.Options{Script: true, Width: 360, Dark: true})
	c.Open("http://ar.localhost:18280/articles/137")
	c.js("document.querySelector('#reply-body').focus()")
	c.wait("!!document.querySelector('form#reply .transfers')")
	c.set("#reply-body", "نعم")
	c.files("#reply-file-1", "DSCN0029.jpg", "coro.mp3", "dirty.ogg", "pequeno.txt")
	time.Sleep(time.Second)
	c.js("document.querySelector('form#reply').scrollIntoView()")
	c.shot("comment"); fmt.Println(c.js("document.querySelector('form#reply').innerText"))
	c.js("[...document.querySelectorAll('.transfer button:not([hidden])')].find(b=>b.innerText=='تمويه الوجوه').click()")
	time.Sleep(1500 * time.Millisecond)
	c.js("[...document.querySelectorAll('dialog button')].find(b=>b.innerText=='أضف مربعًا').click()")
	time.Sleep(300 * time.Millisecond)
	c.shot("blur")
	c.js("[...document.querySelectorAll('dialog button')].find(b=>b.innerText=='أتلف ما في المربعات').click()")
	time.Sleep(3 * time.Second)
	fmt.Println(c.rows())
	c.js("document.querySelector('form#reply .acts button').click()")
	time.Sleep(6 * time.Second)
	fmt.Println(c.js("location.href")); c.shot("sent"); fmt.Println(c.js("document.querySelector('#comments')?.innerText ?? document.querySelector('main').innerText.slice(-1200)"))
	c.done()
}
