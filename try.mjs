import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { createProvider } from './dist/authentication/openid-provider.js'
const server = createServer(); await new Promise(r=>server.listen(0,'127.0.0.1',r))
const url=`http://127.0.0.1:${server.address().port}`
const cb='http://127.0.0.1:9/-/sign-in/callback'
const p=new Provider(url,{clients:[{client_id:'w',client_secret:'a-secret-of-the-client-that-is-long-enough',redirect_uris:[cb],token_endpoint_auth_method:'client_secret_post'}],cookies:{keys:['k']},pkce:{required:()=>true},claims:{openid:['sub'],profile:['name','preferred_username'],email:['email','email_verified']},features:{devInteractions:{enabled:true}},findAccount:(_c,sub)=>({accountId:sub,claims:async()=>({sub,preferred_username:'x',email:'a@b.c',email_verified:true})})})
server.on('request',p.callback())
const c=createProvider({issuer:url,clientId:'w',clientSecret:'a-secret-of-the-client-that-is-long-enough',scopes:'openid profile email'})
const {location,expected}=await c.begin(cb)
const jar=new Map()
async function go(u,form){ let body=form?new URLSearchParams(form):null
 for(;;){ if(u.startsWith(cb)) return {url:u,text:''}
  const r=await fetch(u,{method:body?'POST':'GET',body,redirect:'manual',headers:{cookie:[...jar].map(x=>x.join('=')).join('; ')}})
  for(const k of r.headers.getSetCookie()){const [pair]=k.split(';');const i=pair.indexOf('=');jar.set(pair.slice(0,i),pair.slice(i+1))}
  const l=r.headers.get('location');const text=await r.text(); if(!l) return {url:u,text,status:r.status}
  u=new URL(l,u).href; body=null}}
let page=await go(location.href)
for(const prompt of ['login','consent']){ const a=/<form[^>]* action="([^"]+)"/.exec(page.text)?.[1]; if(!a){console.log(prompt,page);break}
 page=await go(new URL(a,page.url).href,{prompt,login:'s1',password:'x'})}
console.log(page.url)
try{console.log(await c.finish(new URL(page.url),expected))}catch(e){console.log(e, e.cause, e.cause?.cause)}
process.exit()
