import { createServer } from 'node:http'
import { spawn } from 'node:child_process'
import { mkdtempSync, chmodSync } from 'node:fs'
import { Provider } from 'oidc-provider'
const server = createServer(); await new Promise(r=>server.listen(0,'127.0.0.1',r))
const url=`http://127.0.0.1:${server.address().port}`
const port=4791, base=`http://127.0.0.1:${port}`
const cb=base+'/-/sign-in/callback'
const p=new Provider(url,{clients:[{client_id:'w',client_secret:'a-secret-of-the-client-that-is-long-enough',redirect_uris:[cb],token_endpoint_auth_method:'client_secret_post'}],cookies:{keys:['k']},pkce:{required:()=>true},claims:{openid:['sub'],profile:['name','preferred_username'],email:['email','email_verified']},features:{devInteractions:{enabled:true}},findAccount:(_c,sub)=>({accountId:sub,claims:async()=>({sub,preferred_username:'Émile',email:'a@b.c',email_verified:true})})})
server.on('request',p.callback())
const dir=mkdtempSync('/tmp/signin-data-'); chmodSync(dir,0o755)
const w=spawn('node',['bin/waybill.js','serve'],{env:{...process.env,DATA_DIR:dir,PORT:String(port),OIDC_ISSUER:url,OIDC_CLIENT_ID:'w',OIDC_CLIENT_SECRET:'a-secret-of-the-client-that-is-long-enough',OIDC_CREATE_ACCOUNTS:'on'}})
let log='';w.stdout.on('data',d=>log+=d);w.stderr.on('data',d=>log+=d)
for(let i=0;i<120;i++){ try{ const r=await fetch(base+'/ready'); if(r.ok)break }catch{} await new Promise(r=>setTimeout(r,1000)) }
async function run(){
const jar=new Map()
async function go(u,form){ let body=form?new URLSearchParams(form):null
 for(;;){
  const r=await fetch(u,{method:body?'POST':'GET',body,redirect:'manual',headers:{cookie:[...jar].map(x=>x.join('=')).join('; ')}})
  for(const k of r.headers.getSetCookie()){const [pair]=k.split(';');const i=pair.indexOf('=');const v=pair.slice(i+1);v===''?jar.delete(pair.slice(0,i)):jar.set(pair.slice(0,i),v)}
  const l=r.headers.get('location');const text=await r.text(); if(!l) return {url:u,text,status:r.status}
  u=new URL(l,u).href; body=null}}
let page=await go(base+'/-/sign-in/provider?return_to=/-/sign-in')
for(const prompt of ['login','consent']){ const a=/<form[^>]* action="([^"]+)"/.exec(page.text)?.[1]; if(!a)break
 page=await go(new URL(a,page.url).href,{prompt,login:'s1',password:'x'})}
console.log(page.status,page.url,page.text.slice(-600))}
await run(); await run()
console.log(log.split('\n').filter(l=>/error|warn|Error|WARN/i.test(l)).slice(0,20).join('\n').slice(0,4000))
w.kill('SIGTERM'); await new Promise(r=>w.on('exit',r)); process.exit()
